# System calls that a signal can always interrupt, even between the last look and the call itself.
#
#   long unblock_interruptible(long nr, const long arguments[6], const uint64_t* attention)
#   long unblock_interruptible_short(long a, long b, long c, long d, const uint64_t* attention, long nr)
#
# If *attention is nonzero the call is not made. A handler that finds the thread between `begin` and
# `end` (the system call instruction not executed, or to be restarted) sends it to `abort`.

        .text
        .globl  unblock_interruptible, unblock_interruptible_short
        .globl  unblock_interruptible_begin, unblock_interruptible_end, unblock_interruptible_abort
        .hidden unblock_interruptible, unblock_interruptible_short
        .hidden unblock_interruptible_begin, unblock_interruptible_end, unblock_interruptible_abort
        .type   unblock_interruptible, @function
        .type   unblock_interruptible_short, @function
unblock_interruptible:
        .cfi_startproc
        movq    %rdi, %rax
        movq    %rdx, %r11
        movq    0(%rsi), %rdi
        movq    16(%rsi), %rdx
        movq    24(%rsi), %r10
        movq    32(%rsi), %r8
        movq    40(%rsi), %r9
        movq    8(%rsi), %rsi
        jmp     unblock_interruptible_begin
        .p2align 4
unblock_interruptible_short:
        movq    %r9, %rax
        movq    %r8, %r11
        movq    %rcx, %r10
unblock_interruptible_begin:
        cmpq    $0, (%r11)
        jne     unblock_interruptible_abort
        syscall
unblock_interruptible_end:
        ret
unblock_interruptible_abort:
        movq    $-512, %rax             # ERESTARTSYS: waiting::restart_if_asked
        ret
        .cfi_endproc
        .size   unblock_interruptible, . - unblock_interruptible

        .section .note.GNU-stack, "", @progbits
