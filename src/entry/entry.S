# From a rewritten system call to the dispatcher and back.
#
#     the site's stub                 here                              C++
#     lea record, %rcx
#     jmp unblock_entry ───────────>  not ours? ── jmp *record.native
#                                     brief? ── unblock_brief() ──> jmp *record.after
#                                     save registers in a Frame ──────> unblock_dispatch(frame)
#                                     load registers  <──────────────── verdict
#       after: <───────────────────── Answered: jmp *record.after
#       native: <──────────────────── Native:   jmp *record.native
#                                     Clone:    syscall, twice returned from;
#                                               unblock_after_clone(frame) <─> C++
#       after: <─────────────────────
#
# In: rax the call's number, its arguments where the kernel takes them, rcx the site's record. Free: rcx and
# r11, which the kernel does not preserve. Everything else is, vector registers included. The stack pointer
# is as it was whenever the kernel is entered, since a child may return on another stack or on this one.

        .equ XMM, 0                     # Frame, frame.h
        .equ R15, 256
        .equ R14, 264
        .equ R13, 272
        .equ R12, 280
        .equ RBP, 288
        .equ RBX, 296
        .equ RDI, 304
        .equ RSI, 312
        .equ RDX, 320
        .equ R10, 328
        .equ R8, 336
        .equ R9, 344
        .equ RAX, 352
        .equ RSP, 360
        .equ SITE, 368
        .equ RIP, 376
        .equ FRAME, 384
        .equ NATIVE, 0                  # SiteRecord, patch/patch.h
        .equ AFTER, 8
        .equ ADDRESS, 16
        .equ FLAGS, 24
        .equ OUTSIDE_LIBC, 1

        .equ ANSWERED, 0                # Verdict, frame.h
        .equ CLONE, 2
        .equ FROM_ANYWHERE, 2           # routes, dispatch.h
        .equ BRIEF, 4
        .equ LAST_ROUTE, 511
        .equ BRIEF_REGISTERS, 72        # Registers, brief.h
        .equ BRIEF_SITE, 64
        .equ GIVEN, 1                   # Answer, brief.h
        .equ IN_RUNTIME, 16             # Fiber, fiber.h
        .equ NATIVE_ONLY, 17
        .equ BY_WISH, 2
        .equ FUTEX, 202                 # asm/unistd_64.h
        .equ FUTEX_WAKE_PRIVATE, 129    # linux/futex.h
        .equ RED_ZONE, 128

# Where a frame keeps a register, for unwinders; rbx points to it. DW_CFA_expression: reg, breg3+offset.
        .macro  KEPT_AT reg, offset
        .cfi_escape 0x10, \reg, 3, 0x73, (\offset & 0x7f) | 0x80, \offset >> 7
        .endm

# The stack's account while a frame is in use: the caller is the site, as if the frame were a signal's.
        .macro  UNWIND_BY_FRAME
        # DW_CFA_def_cfa_expression: breg3+RSP, deref
        .cfi_escape 0x0f, 4, 0x73, (RSP & 0x7f) | 0x80, RSP >> 7, 0x06
        KEPT_AT 3, RBX
        KEPT_AT 6, RBP
        KEPT_AT 12, R12
        KEPT_AT 13, R13
        KEPT_AT 14, R14
        KEPT_AT 15, R15
        KEPT_AT 16, RIP
        .endm

# Saves the registers in a Frame below the red zone; rbx points to it.
        .macro  SAVE
        movq    %rsp, %r11
        subq    $(RED_ZONE + FRAME), %rsp
        andq    $-64, %rsp
        movq    %rbx, RBX(%rsp)
        movq    %r11, RSP(%rsp)
        movq    %rcx, SITE(%rsp)
        movq    ADDRESS(%rcx), %r11
        movq    %r11, RIP(%rsp)
        movq    %rsp, %rbx
        movq    %r15, R15(%rbx)
        movq    %r14, R14(%rbx)
        movq    %r13, R13(%rbx)
        movq    %r12, R12(%rbx)
        movq    %rbp, RBP(%rbx)
        movq    %rdi, RDI(%rbx)
        movq    %rsi, RSI(%rbx)
        movq    %rdx, RDX(%rbx)
        movq    %r10, R10(%rbx)
        movq    %r8, R8(%rbx)
        movq    %r9, R9(%rbx)
        movq    %rax, RAX(%rbx)
        .irp    n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
        movaps  %xmm\n, XMM+16*\n(%rbx)
        .endr
        .endm

# Loads them from the frame at rbx, the stack pointer and the record included.
        .macro  LOAD
        .irp    n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
        movaps  XMM+16*\n(%rbx), %xmm\n
        .endr
        movq    R15(%rbx), %r15
        movq    R14(%rbx), %r14
        movq    R13(%rbx), %r13
        movq    R12(%rbx), %r12
        movq    RBP(%rbx), %rbp
        movq    RDI(%rbx), %rdi
        movq    RSI(%rbx), %rsi
        movq    RDX(%rbx), %rdx
        movq    R10(%rbx), %r10
        movq    R8(%rbx), %r8
        movq    R9(%rbx), %r9
        movq    RAX(%rbx), %rax
        movq    SITE(%rbx), %rcx
        movq    RSP(%rbx), %rsp
        movq    RBX(%rbx), %rbx
        .endm

# Calls a C++ function with the frame, all vector state kept if the site's compiler may count on it: XSAVEC
# below the frame, for the components in unblock_vector_state. r12 and r13 are free here.
        .macro  CALL_WITH_FRAME function
        movq    SITE(%rbx), %r12
        testl   $OUTSIDE_LIBC, FLAGS(%r12)
        jz      8f
        cmpl    $0, unblock_vector_state(%rip)
        jnz     7f
8:
        movq    %rbx, %rdi
        call    \function
        jmp     9f
7:      subq    unblock_vector_bytes(%rip), %rsp
        andq    $-64, %rsp
        # The header must be clean for XRSTOR.
        xorl    %eax, %eax
        movl    $8, %ecx
        leaq    512(%rsp), %rdi
        rep stosq
        movl    unblock_vector_state(%rip), %eax
        xorl    %edx, %edx
        xsavec  (%rsp)
        movq    %rbx, %rdi
        call    \function
        movl    %eax, %r13d
        movl    unblock_vector_state(%rip), %eax
        xorl    %edx, %edx
        xrstor  (%rsp)
        movl    %r13d, %eax
9:
        .endm

        .text
        .globl  unblock_entry
        .hidden unblock_entry
        .type   unblock_entry, @function
unblock_entry:
        .cfi_startproc
        .cfi_signal_frame
        .cfi_undefined %rip
        cmpq    $LAST_ROUTE, %rax
        ja      native
        leaq    unblock_routes(%rip), %r11
        movzbl  (%r11,%rax), %r11d
        testl   %r11d, %r11d
        jz      native
        cmpl    $BRIEF, %r11d
        je      brief
        testl   $FROM_ANYWHERE, %r11d
        movq    unblock_self@gottpoff(%rip), %r11
        movq    %fs:(%r11), %r11
        jnz     1f
        testq   %r11, %r11
        jz      native
        # One by one: a load of both would wait until a store to one of them, just made, has left for the
        # cache.
2:      cmpb    $0, IN_RUNTIME(%r11)
        jne     native
        cmpb    $0, NATIVE_ONLY(%r11)
        jne     hands_off
3:      SAVE
        .cfi_remember_state
        UNWIND_BY_FRAME
        CALL_WITH_FRAME unblock_dispatch
        cmpl    $ANSWERED, %eax
        je      unblock_return
        cmpl    $CLONE, %eax
        je      clone
        LOAD
        .cfi_restore_state
native:
        jmp     *NATIVE(%rcx)
1:      testq   %r11, %r11
        jnz     2b
        jmp     3b
        # A vfork's child may wake fibers. What stays the fiber's own in a NativeSection, the dispatcher
        # knows.
hands_off:
        testb   $BY_WISH, NATIVE_ONLY(%r11)
        jnz     3b
        cmpq    $FUTEX, %rax
        je      3b
        jmp     native

        # Without a frame: brief.h. What that has no answer to goes on as all others do.
brief:
        movq    unblock_self@gottpoff(%rip), %r11
        movq    %fs:(%r11), %r11
        testq   %r11, %r11
        jz      native
        cmpb    $0, IN_RUNTIME(%r11)
        jne     native
        cmpb    $0, NATIVE_ONLY(%r11)
        jne     hands_off
        cmpq    $FUTEX, %rax
        jne     4f
        cmpl    $FUTEX_WAKE_PRIVATE, %esi
        jne     3b
4:      .cfi_remember_state
        leaq    -RED_ZONE(%rsp), %rsp
        .irp    register, rcx,rdi,rsi,rdx,r8,r9,r10,rax,rbp
        pushq   %\register
        .endr
        movq    %rsp, %rbp
        .cfi_def_cfa %rbp, BRIEF_REGISTERS + RED_ZONE
        .cfi_rel_offset %rbp, 0
        # rip: DW_CFA_expression, breg6+BRIEF_SITE, deref, plus_uconst ADDRESS
        .cfi_escape 0x10, 16, 6, 0x76, (BRIEF_SITE & 0x7f) | 0x80, BRIEF_SITE >> 7, 0x06, 0x23, ADDRESS
        andq    $-16, %rsp
        movq    %r11, %rdi
        movq    %rbp, %rsi
        call    unblock_brief
        movq    %rbp, %rsp
        .cfi_restore_state
        cmpb    $GIVEN, %al
        .irp    register, rbp,rax,r10,r9,r8,rdx,rsi,rdi,rcx
        popq    %\register
        .endr
        leaq    RED_ZONE(%rsp), %rsp
        jb      3b
        ja      settle
        jmp     *AFTER(%rcx)

        # Answered, and signals are to be handled: their handlers have the registers, the result among them.
settle:
        SAVE
        .cfi_remember_state
        UNWIND_BY_FRAME
        CALL_WITH_FRAME unblock_settle
        jmp     unblock_return
        .cfi_restore_state

        # A call that returns in a child, too: in our memory and as this fiber until it executes a program
        # (vfork), or in a copy (fork). Nothing is on the stack while the kernel is at it.
clone:
        LOAD
        movq    unblock_clone_site@gottpoff(%rip), %r11
        movq    %rcx, %fs:(%r11)
        syscall
        movq    unblock_clone_site@gottpoff(%rip), %rcx
        movq    %fs:(%rcx), %rcx
        SAVE
        .cfi_remember_state
        UNWIND_BY_FRAME
        CALL_WITH_FRAME unblock_after_clone

        # Goes on behind the site with the registers of the frame at rbx.
unblock_return:
        LOAD
        .cfi_restore_state
        jmp     *AFTER(%rcx)
        .cfi_endproc
        .size   unblock_entry, . - unblock_entry

# void unblock_resume(Frame* frame): the same for a frame made by hand; never returns.
        .globl  unblock_resume
        .hidden unblock_resume
        .type   unblock_resume, @function
unblock_resume:
        .cfi_startproc
        .cfi_undefined %rip
        movq    %rdi, %rbx
        LOAD
        jmp     *AFTER(%rcx)
        .cfi_endproc
        .size   unblock_resume, . - unblock_resume

        .section .note.GNU-stack, "", @progbits
