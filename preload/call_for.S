# void* unblock_call_for(const void* ret, void* (*open)(const char*, int), const char* file, int mode)
#
# Calls open(file, mode) as if from the object that has the `ret` instruction at `ret`: to it the call
# returns, and it returns here.

        .text
        .globl  unblock_call_for
        .hidden unblock_call_for
        .type   unblock_call_for, @function
unblock_call_for:
        .cfi_startproc
        movq    %rsi, %rax
        movq    %rdi, %r8
        movq    %rdx, %rdi
        movl    %ecx, %esi
        leaq    1f(%rip), %r9
        pushq   %r9
        .cfi_adjust_cfa_offset 8
        pushq   %r8
        .cfi_adjust_cfa_offset 8
        jmp     *%rax
        .cfi_adjust_cfa_offset -16
1:      ret
        .cfi_endproc
        .size   unblock_call_for, . - unblock_call_for

        .section .note.GNU-stack, "", @progbits
