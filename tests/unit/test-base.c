#include <config.h>

#include <locale.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/str.h"
#include "base/utf8.h"

#include "tap.h"

static void test_err(void)
{
    struct err err;

    tap_int(err_set(&err, ERR_BAD_INPUT, "row %d", 7), ERR_BAD_INPUT,
            "err_set returns its status");
    err_wrap(&err, "labels.gz");
    tap_str(err.text, "labels.gz: row 7", "err_wrap puts the context first");
    tap_int(err_exit(err.status), 2, "bad input exits with 2");
    tap_int(err_exit(ERR_CATALOGUE), 3, "a newer catalogue exits with 3");
    tap_int(err_sys(&err, 2, "open x"), ERR_IO, "err_sys is an I/O error");
    tap_str(err.text, "open x: No such file or directory", "errno's text");
}

static void test_str(void)
{
    struct str s = STR_INIT;
    char *taken;

    tap_str(s.text, "", "an empty string is a string");
    for (int i = 0; i < 100; i++)
        str_addf(&s, "%d,", i);
    tap_int((long long)s.length, 290, "a hundred numbers");
    tap_ok(str_starts(s.text, "0,1,2,"), "in order");
    taken = str_take(&s);
    tap_int((long long)strlen(taken), 290, "str_take hands the text over");
    tap_int((long long)s.length, 0, "and leaves it empty");
    free(taken);
    str_release(&s);
}

static void test_rng(void)
{
    struct rng a, b;
    uint32_t order[100];
    int seen[100] = {0};
    double sum = 0, squares = 0;
    bool whole = true;

    rng_init(&a, 1, 2);
    rng_init(&b, 1, 2);
    tap_ok(rng_next(&a) == rng_next(&b), "the same stream twice");
    rng_init(&b, 1, 3);
    tap_ok(rng_next(&a) != rng_next(&b), "another stream differs");
    rng_permute(&a, order, 100);
    for (int i = 0; i < 100; i++)
        seen[order[i]]++;
    for (int i = 0; i < 100; i++)
        whole = whole && seen[i] == 1;
    tap_ok(whole, "rng_permute makes a permutation");
    for (int i = 0; i < 100000; i++) {
        double x = rng_normal(&a);

        sum += x;
        squares += x * x;
    }
    tap_near(sum / 1e5, 0, 0.02, "mean of the normal");
    tap_near(squares / 1e5, 1, 0.02, "variance of the normal");
}

static void test_utf8(void)
{
    static const struct {
        const char *raw, *shown;
    } cases[] = {
        {"plain", "plain"},
        {"\033[31mred", "\\e[31mred"},
        {"a\nb\tc", "a\\nb\\tc"},
        {"\xc2\x9b"
         "2J",
         "\\u{9b}2J"},
        {"\xff\xfe", "\\xff\\xfe"},
        {"\xc0\x80", "\\xc0\\x80"},
        {"\xed\xa0\x80", "\\xed\\xa0\\x80"},
        {"\xe2\x80\xae", "\\u{202e}"},
        {"back\\slash", "back\\\\slash"},
        {"é中", "é中"},
        {"\xe4\xb8", "\\xe4\\xb8"},
    };
    struct str s = STR_INIT;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        str_clear(&s);
        utf8_escape(&s, cases[i].raw);
        tap_str(s.text, cases[i].shown, "escape %zu", i);
    }
    tap_int(utf8_width("é中"), 3, "a wide character takes two columns");
    str_clear(&s);
    tap_int(utf8_clip(&s, "中中中", 4, false), 3, "clip on a boundary");
    tap_str(s.text, "中…", "and say so");
    str_clear(&s);
    utf8_clip(&s, "abcdef", 4, true);
    tap_str(s.text, "abc~", "in ASCII as well");
    str_release(&s);
}

static void test_clock(void)
{
    char text[32];

    tap_str(clock_duration(400, text, sizeof(text)), "0.4 s", "0.4 s");
    tap_str(clock_duration(185000, text, sizeof(text)), "3 min 05 s", "min");
    tap_str(clock_duration(7800000, text, sizeof(text)), "2 h 10 min", "h");
}

/* Values of the reference implementation (xxhsum -H1). */
static void test_hash(void)
{
    static const char text[] = "Nobody inspects the spammish repetition";

    tap_ok(hash_bytes("", 0, 0) == 0xef46db3751d8e999, "XXH64 of nothing");
    tap_ok(hash_bytes("abc", 3, 0) == 0x44bc2cf5ad770999, "of a few bytes");
    tap_ok(hash_bytes(text, sizeof(text) - 1, 0) == 0xfbcea83c8a378bf1,
           "of more than a stripe");
    tap_ok(hash_bytes(text, sizeof(text) - 1, 1) !=
               hash_bytes(text, sizeof(text) - 1, 0),
           "of another seed");
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    test_err();
    test_str();
    test_rng();
    test_utf8();
    test_clock();
    test_hash();
    return tap_done();
}
