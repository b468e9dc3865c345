# The shapes that code around a `syscall` takes. Each pattern is a function and a row of the table that
# says what its site must become: a jump in place of bytes [begin, end) relative to the site, a trap, left
# alone, or no site at all. Most ask for getpid (39), so running one shows whether it still works.

.set JUMP, 1
.set TRAP, 2
.set LEFT, 3
.set NONE, 4

.macro pattern name, verdict, begin=0, end=2
    .section .data.rel.ro, "aw"
    .balign 8
    .quad .Lname_\name, \name, .Lsite_\name
    .long \verdict, \begin, \end, 0
    .section .rodata
.Lname_\name: .asciz "\name"
    .text
    .balign 16
    .type \name, @function
\name:
.endm

.macro function name, verdict, begin=0, end=2
    pattern \name, \verdict, \begin, \end
    .cfi_startproc
.endm

.macro finish
    .cfi_endproc
.endm

    .section .data.rel.ro, "aw"
    .balign 8
patterns:
    .section .rodata
value: .quad 0x1122334455667788

# What glibc's wrappers look like.
function compare_after, JUMP, 0, 8
    mov $39, %eax
.Lsite_compare_after: syscall
    cmp $-4096, %rax
    ja 1f
    ret
1:  mov $-1, %eax
    ret
finish

# A return is too short to make room, but a jump to it may go: the room is before.
function number_before, JUMP, -5, 2
    mov $39, %eax
.Lsite_number_before: syscall
    ret
finish

# Both sides are needed.
function both_sides, JUMP, -2, 3
    mov $39, %edx
    jmp 1f
1:  mov %edx, %eax
.Lsite_both_sides: syscall
    ret
finish

# Somebody jumps straight to the site, and the jump behind it is as far as the code is known to flow.
function target_at_site, TRAP
    mov $39, %eax
    test %r9, %r9
    jz 1f
    mov $-7, %rdx
1:
.Lsite_target_at_site: syscall
    jmp 2f
    ud2
2:  ret
finish

function only_call_before, TRAP
    mov $39, %eax
    call 1f
.Lsite_only_call_before: syscall
    ret
1:  ret
finish

# Somebody jumps to what follows the site.
function target_behind, JUMP, -5, 2
    test %r9, %r9
    mov $-7, %rax
    jnz 1f
    mov $39, %eax
.Lsite_target_behind: syscall
1:  cmp $-4096, %rax
    ret
finish

# The same, by a switch's table.
function switch_behind, JUMP, -5, 2
    lea 8f(%rip), %rdx
    xor %ecx, %ecx
    movslq (%rdx,%rcx,4), %rax
    add %rdx, %rax
    notrack jmp *%rax
7:  mov $39, %eax
.Lsite_switch_behind: syscall
6:  cmp $-4096, %rax
    ret
    .section .rodata
    .balign 4
8:  .long 7b - 8b, 6b - 8b
    .text
finish

# The same, by a long jump from a part of the function that is elsewhere.
function cold_part_behind, JUMP, -5, 2
    test %rsp, %rsp
    jz cold_part
    mov $39, %eax
.Lsite_cold_part_behind: syscall
.Lback_from_cold_part:
    cmp $-4096, %rax
    ret
finish
    .section .text.unlikely, "ax", @progbits
cold_part:
    .cfi_startproc
    mov $-1, %rax
    jmp .Lback_from_cold_part
    .cfi_endproc
    .text

function relative_behind, JUMP, 0, 9
    mov $39, %eax
.Lsite_relative_behind: syscall
    mov value(%rip), %rdx
    ret
finish

function relative_before, JUMP, -7, 2
    mov $39, %eax
    lea value(%rip), %rdx
.Lsite_relative_before: syscall
    ret
finish

# 0f 05 inside an immediate is no site.
function in_immediate, NONE
    mov $39, %eax
    .byte 0xb9                  # mov $0x90050f90, %ecx
    .byte 0x90
.Lsite_in_immediate: .byte 0x0f, 0x05, 0x90
    mov $77, %eax
    ret
finish

# Ends a thread: nothing behind, and what is there belongs to another function. Not run.
function last_instruction, JUMP, -5, 2
    mov $60, %eax
.Lsite_last_instruction: syscall
finish

# As glibc's start_thread ends. Not run.
function short_jump_behind, JUMP, -2, 4
    mov $60, %edx
1:  xor %edi, %edi
2:  mov %edx, %eax
.Lsite_short_jump_behind: syscall
    jmp 2b
finish

function short_branch_behind, JUMP, 0, 6
    mov $39, %eax
.Lsite_short_branch_behind: syscall
    test %eax, %eax
    js 1f
    ret
1:  mov $-1, %eax
    ret
finish

# The second site's number is displaced with the first site.
function back_to_back_first, JUMP, 0, 7
    mov $24, %eax
.Lsite_back_to_back_first: syscall
    mov $39, %eax
.Lsite_back_to_back_second: syscall
    ret
finish
    .section .data.rel.ro, "aw"
    .quad .Lname_back_to_back_first, 0, .Lsite_back_to_back_second
    .long TRAP, 0, 2, 0
    .text

# read(-1), after sched_yield answered 0.
function adjacent_first, JUMP, -5, 2
    mov $-1, %edi
    mov $24, %eax
.Lsite_adjacent_first: syscall
.Lsite_adjacent_second: syscall
    ret
finish
    .section .data.rel.ro, "aw"
    .quad .Lname_adjacent_first, 0, .Lsite_adjacent_second
    .long TRAP, 0, 2, 0
    .text

# A leaf keeps what it likes below the stack pointer.
function red_zone, JUMP, 0, 7
    lea 5(%rdi), %r8
    mov %r8, -8(%rsp)
    mov %rsi, -64(%rsp)
    mov %rdx, -128(%rsp)
    mov $39, %eax
.Lsite_red_zone: syscall
    mov -8(%rsp), %r8
    mov -64(%rsp), %r9
    mov -128(%rsp), %r10
    ret
finish

# As glibc's clone: the entry in the unwinder's table ends before the site, and goes on behind it.
function between_entries, JUMP, 0, 5
    mov $39, %eax
    .cfi_endproc
.Lsite_between_entries: syscall
    test %rax, %rax
    js 1f
    ret
1:  .cfi_startproc
    ret
finish

# What nothing is known about is not touched.
pattern no_entry, LEFT
    mov $39, %eax
.Lsite_no_entry: syscall
    cmp $-4096, %rax
    ret

function not_decodable, LEFT
    mov $39, %eax
    jmp 1f
    .byte 0x06
1:
.Lsite_not_decodable: syscall
    cmp $-4096, %rax
    ret
finish

# The bytes by which unwinders know a signal's frame. Not run.
function signal_return, LEFT
    mov $15, %rax
.Lsite_signal_return: syscall
finish

# Ends the table, and the last function, so that what precedes it has a neighbour.
    .section .data.rel.ro, "aw"
    .quad 0, 0, 0, 0, 0
    .text
    .balign 16
    .globl pattern_table
    .type pattern_table, @function
# const struct Pattern* pattern_table()
pattern_table:
    .cfi_startproc
    lea patterns(%rip), %rax
    ret
    .cfi_endproc

    .balign 16
    .globl run_pattern
    .type run_pattern, @function
# void run_pattern(void (*function)(), struct Registers* registers): loads every general register but rsp
# and four vector registers, calls, and stores them again.
run_pattern:
    .cfi_startproc
    push %rbx
    push %rbp
    push %r12
    push %r13
    push %r14
    push %r15
    push %rsi
    mov %rdi, %rax
    mov %rsi, %r15
    movups 0(%r15), %xmm0
    movups 16(%r15), %xmm3
    movups 32(%r15), %xmm8
    movups 48(%r15), %xmm15
    mov 64(%r15), %rbx
    mov 72(%r15), %rcx
    mov 80(%r15), %rdx
    mov 88(%r15), %rsi
    mov 96(%r15), %rdi
    mov 104(%r15), %rbp
    mov 112(%r15), %r8
    mov 120(%r15), %r9
    mov 128(%r15), %r10
    mov 144(%r15), %r12
    mov 152(%r15), %r13
    mov 160(%r15), %r14
    mov 168(%r15), %r15
    call *%rax
    xchg %r15, (%rsp)
    movups %xmm0, 0(%r15)
    movups %xmm3, 16(%r15)
    movups %xmm8, 32(%r15)
    movups %xmm15, 48(%r15)
    mov %rbx, 64(%r15)
    mov %rdx, 80(%r15)
    mov %rsi, 88(%r15)
    mov %rdi, 96(%r15)
    mov %rbp, 104(%r15)
    mov %r8, 112(%r15)
    mov %r9, 120(%r15)
    mov %r10, 128(%r15)
    mov %r12, 144(%r15)
    mov %r13, 152(%r15)
    mov %r14, 160(%r15)
    mov %rax, 176(%r15)
    pop %rax
    mov %rax, 168(%r15)
    pop %r15
    pop %r14
    pop %r13
    pop %r12
    pop %rbp
    pop %rbx
    ret
    .cfi_endproc

    .section .note.GNU-stack, "", @progbits
