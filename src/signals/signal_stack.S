# void unblock_call_on_stack(int signal, siginfo_t*, void* context, void (*handler)(int), void* stack_top)
#
# Calls handler(signal, info, context) on the alternate stack and comes back to this one.

        .text
        .globl  unblock_call_on_stack
        .hidden unblock_call_on_stack
        .type   unblock_call_on_stack, @function
unblock_call_on_stack:
        .cfi_startproc
        pushq   %rbp
        .cfi_def_cfa_offset 16
        .cfi_offset %rbp, -16
        movq    %rsp, %rbp
        .cfi_def_cfa_register %rbp
        movq    %r8, %rsp
        andq    $-16, %rsp
        call    *%rcx
        movq    %rbp, %rsp
        popq    %rbp
        .cfi_def_cfa %rsp, 8
        ret
        .cfi_endproc
        .size   unblock_call_on_stack, . - unblock_call_on_stack

        .section .note.GNU-stack, "", @progbits
