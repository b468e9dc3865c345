# Entry points for rewritten sites, as simple as can be: `test_entry` goes on at whatever `entry_in_use` says.

    .text
    .globl test_entry
    .type test_entry, @function
test_entry:
    lock incq entries(%rip)
    jmp *entry_in_use(%rip)

# Makes the call.
    .globl pass_through
    .type pass_through, @function
pass_through:
    jmp *0(%rcx)

# Answers 12345 in the kernel's stead.
    .globl answer
    .type answer, @function
answer:
    mov $12345, %eax
    jmp *8(%rcx)

# Answers the record's address.
    .globl answer_record
    .type answer_record, @function
answer_record:
    mov %rcx, %rax
    jmp *8(%rcx)

    .data
    .globl entry_in_use, entries
    .balign 8
entry_in_use: .quad pass_through
entries: .quad 0

    .section .note.GNU-stack, "", @progbits
