#ifndef BITGROVE_FORMATS_PICKLE_OP_H
#define BITGROVE_FORMATS_PICKLE_OP_H

/* Opcodes of pickle and where values are kept: for the files that read it. */

#include "formats/pickle.h"

/* The opcodes that are understood, as Python's pickletools names them. */
enum op {
    MARK = '(',
    STOP = '.',
    POP = '0',
    POP_MARK = '1',
    BINFLOAT = 'G',
    BININT = 'J',
    BININT1 = 'K',
    BININT2 = 'M',
    NONE = 'N',
    BINPERSID = 'Q',
    REDUCE = 'R',
    BINSTRING = 'T',
    SHORT_BINSTRING = 'U',
    BINUNICODE = 'X',
    APPEND = 'a',
    BUILD = 'b',
    GLOBAL = 'c',
    APPENDS = 'e',
    BINGET = 'h',
    LONG_BINGET = 'j',
    EMPTY_LIST = ']',
    BINPUT = 'q',
    LONG_BINPUT = 'r',
    SETITEM = 's',
    TUPLE = 't',
    EMPTY_TUPLE = ')',
    SETITEMS = 'u',
    EMPTY_DICT = '}',
    PROTO = 0x80,
    TUPLE1 = 0x85,
    TUPLE2 = 0x86,
    TUPLE3 = 0x87,
    NEWTRUE = 0x88,
    NEWFALSE = 0x89,
    LONG1 = 0x8a,
    SHORT_BINUNICODE = 0x8c,
    BINUNICODE8 = 0x8d,
    STACK_GLOBAL = 0x93,
    MEMOIZE = 0x94,
    FRAME = 0x95,
    INST = 'i' /* refused, with the name behind it */
};

#define BLOCK_VALUES 256
struct pickle_block {
    struct pickle_block *next;
    int used;
    struct pickle_value values[BLOCK_VALUES];
};

/* The name of an opcode that is refused, for a message. Static. */
const char *pickle_op_name(unsigned char op);

#endif
