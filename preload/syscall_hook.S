# long syscall(long nr, ...): syscall(2), by which libraries that have locks of their own, such as those of C++
# and of Rust, come by futexes.
#
# By hand, for the sixth word: a call with fewer has something of the caller's there, maybe another thread's to
# change just now, so it is read and never written. Descriptors for signals are noted: signals.h. All others go
# on by a jump: no frame of ours is there when a fork returns twice.

        .equ FUTEX, 202                 # asm/unistd_64.h
        .equ SIGNALFD, 282
        .equ SIGNALFD4, 289

        .text
        .globl  syscall
        .type   syscall, @function
syscall:
        .cfi_startproc
        cmpq    $FUTEX, %rdi
        je      1f
        cmpq    $SIGNALFD, %rdi
        je      2f
        cmpq    $SIGNALFD4, %rdi
        je      2f
        jmp     *unblock_next_syscall(%rip)
1:      pushq   8(%rsp)
        .cfi_adjust_cfa_offset 8
        call    unblock_syscall_futex
        addq    $8, %rsp
        .cfi_adjust_cfa_offset -8
        ret
2:      pushq   %rdx
        .cfi_adjust_cfa_offset 8
        call    *unblock_next_syscall(%rip)
        testq   %rax, %rax
        js      3f
        movq    (%rsp), %rdi
        movq    %rax, (%rsp)
        call    unblock_note_signalfd
        movq    (%rsp), %rax
3:      addq    $8, %rsp
        .cfi_adjust_cfa_offset -8
        ret
        .cfi_endproc
        .size   syscall, . - syscall

# Where the next one is found first.
        .type   find, @function
find:
        .cfi_startproc
        .irp    register, rdi,rsi,rdx,rcx,r8,r9,rax
        pushq   %\register
        .cfi_adjust_cfa_offset 8
        .endr
        call    unblock_find_syscall
        movq    %rax, unblock_next_syscall(%rip)
        .irp    register, rax,r9,r8,rcx,rdx,rsi,rdi
        popq    %\register
        .cfi_adjust_cfa_offset -8
        .endr
        jmp     *unblock_next_syscall(%rip)
        .cfi_endproc
        .size   find, . - find

        .section .data.rel.local, "aw"
        .balign 8
        .local  unblock_next_syscall
        .type   unblock_next_syscall, @object
unblock_next_syscall:
        .quad   find
        .size   unblock_next_syscall, 8

        .section .note.GNU-stack, "", @progbits
