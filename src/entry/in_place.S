# The system call that a signal can always interrupt, even between the last look and the call itself.
#
#   long unblock_interruptible(long nr, const long arguments[6], const uint64_t* attention)
#
# If *attention is nonzero the call is not made. A handler that finds the thread between `begin` and
# `end` (the system call instruction not executed, or to be restarted) sends it to `interrupted`.

        .text
        .globl  unblock_interruptible, unblock_interruptible_begin, unblock_interruptible_end
        .globl  unblock_interruptible_abort
        .hidden unblock_interruptible, unblock_interruptible_begin, unblock_interruptible_end
        .hidden unblock_interruptible_abort
        .type   unblock_interruptible, @function
unblock_interruptible:
        .cfi_startproc
        movq    %rdi, %rax
        movq    %rsi, %r11
        movq    %rdx, %rcx
        movq    0(%r11), %rdi
        movq    8(%r11), %rsi
        movq    16(%r11), %rdx
        movq    24(%r11), %r10
        movq    32(%r11), %r8
        movq    40(%r11), %r9
unblock_interruptible_begin:
        cmpq    $0, (%rcx)
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
