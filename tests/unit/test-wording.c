#include <config.h>

#include <math.h>
#include <stdlib.h>

#include "base/str.h"
#include "taxonomy/wording.h"

#include "tap.h"

static const char *const names[] = {
    "Grey wolf", "grey FOX", "arctic fox", "red fox",   "sea eagle", "grey owl",
    "snowy owl", "barn owl", "oak",        "oak, cork", NULL,        "\xff\xfe",
};
static const char *const paths[] = {
    "animal/dog",  "animal/dog",  "animal/dog",  "animal/dog",
    "animal/bird", "animal/bird", "animal/bird", "animal/bird",
    "plant",       "plant",       "plant",       NULL,
};
enum { CLASSES = 12 };

/* Bit 0: dogs. Bit 1: animals. Bit 2: every second class. Bit 3: all. Bit 4:
 * birds and plants. */
static void fill(uint64_t *codes)
{
    for (int c = 0; c < CLASSES; c++)
        codes[c] = (c < 4 ? 1u : 0u) | (c < 8 ? 2u : 0u) | (c & 1 ? 4u : 0u) |
                   8u | (c >= 4 ? 16u : 0u);
}

static void check_text(const struct wording *wording, const uint64_t *codes,
                       int bit, const char *want, const char *what)
{
    struct wording_proposal proposal;
    struct str text = STR_INIT;

    wording_propose(&proposal, wording, codes, bit);
    wording_text(&text, &proposal);
    tap_str(text.text, want, "%s", what);
    str_release(&text);
}

static void check_counts(const struct wording *wording, const uint64_t *codes)
{
    struct wording_proposal p;
    double d = log(4.5 / 0.5) - log(0.5 / 8.5);
    double s = 1 / 4.5 + 1 / 0.5 + 1 / 0.5 + 1 / 8.5;

    wording_propose(&p, wording, codes, 0);
    tap_int(p.on_count, 1, "a term that says the same again is not given");
    tap_ok(p.on[0].path, "dog is of the paths");
    tap_int(p.on[0].on, 4, "four dogs with the bit");
    tap_int(p.on[0].off, 0, "none without");
    tap_int(p.on[0].ons, 4, "of four");
    tap_int(p.on[0].offs, 8, "and of eight");
    tap_near(p.on[0].score, d / sqrt(s), 1e-12, "its score is the formula's");
}

int main(void)
{
    struct wording *wording = wording_new(names, paths, CLASSES);
    uint64_t codes[CLASSES];

    fill(codes);
    check_text(wording, codes, 0, "dog", "what only one side has");
    check_text(wording, codes, 4, "not dog", "what only the other side has");
    check_text(wording, codes, 1, "animal rather than plant", "both sides");
    check_text(wording, codes, 2, "", "nothing where it is chance");
    check_text(wording, codes, 3, "", "nothing where all are on one side");
    check_counts(wording, codes);
    wording_free(wording);

    wording = wording_new(names, NULL, CLASSES);
    check_text(wording, codes, 1, "", "a score below the threshold is chance");
    check_text(wording, codes, 0, "fox", "words alone, whatever their case");
    wording_free(wording);

    wording = wording_new(NULL, NULL, 0);
    check_text(wording, codes, 0, "", "without classes");
    wording_free(wording);
    wording_free(NULL);
    return tap_done();
}
