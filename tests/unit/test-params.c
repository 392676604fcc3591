#include <config.h>

#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "queue/params.h"

#include "tap.h"

static const struct {
    enum job_kind kind;
    const char *name, *value;
    bool good;
} cases[] = {
    {JOB_LEARN, "bits", "1", true},
    {JOB_LEARN, "bits", "64", true},
    {JOB_LEARN, "bits", "0", false},
    {JOB_LEARN, "bits", "65", false},
    {JOB_LEARN, "bits", "16.0", false},
    {JOB_LEARN, "bits", "", false},
    {JOB_LEARN, "bits", " 8", false},
    {JOB_LEARN, "bits", "8x", false},
    {JOB_LEARN, "bits", "-8", false},
    {JOB_LEARN, "bits", "99999999999999999999", false},
    {JOB_LEARN, "seed", "9007199254740992", true},
    {JOB_LEARN, "epochs", "8,4", true},
    {JOB_LEARN, "epochs", "10,5,6", true},
    {JOB_LEARN, "epochs", "8", false},
    {JOB_LEARN, "epochs", "8,4,2,1", false},
    {JOB_LEARN, "epochs", "8,4.5", false},
    {JOB_LEARN, "epochs", "8,", false},
    {JOB_LEARN, "epochs", "8,-4", false},
    {JOB_LEARN, "lr", "0.1,0.01", true},
    {JOB_LEARN, "lr", "1e-1,.01", true},
    {JOB_LEARN, "lr", "nan,0.01", false},
    {JOB_LEARN, "lr", "inf,0.01", false},
    {JOB_LEARN, "lr", "0x1,0.01", false},
    {JOB_LEARN, "lr", "1e999,0.01", false},
    {JOB_LEARN, "flip", "1", true},
    {JOB_LEARN, "flip", "yes", false},
    {JOB_LEARN, "recipe", "paper", true},
    {JOB_LEARN, "recipe", "pap", false},
    {JOB_LEARN, "recipe", "warm|paper", false},
    {JOB_LEARN, "recipe", "", false},
    {JOB_LEARN, "name", "\x1b[31m", true},
    {JOB_LEARN, "name", "\xff", false},
    {JOB_LEARN, "load-codebook", "", false},
    {JOB_LEARN, "name", "", false},
    {JOB_LEARN, "colour", "red", false},
    {JOB_IMPORT, "split", "auto", true},
    {JOB_IMPORT, "split", "val", false},
    {JOB_IMPORT, "source", "/a\n/b", true},
    {JOB_ENCODE, "image", "0", false},
    {JOB_TREE, "linkage", "ward", true},
};

static void test_values(void)
{
    for (int i = 0; i < (int)ARRAY_SIZE(cases); i++) {
        struct params p = {NULL, NULL, 0, 0};
        struct err err = {OK, ""};
        enum status status =
            params_set(&p, cases[i].kind, cases[i].name, cases[i].value, &err);

        tap_int(status, cases[i].good ? OK : ERR_BAD_INPUT, "--%s %s",
                cases[i].name, cases[i].good ? cases[i].value : "(bad)");
        tap_int(p.count, cases[i].good, "is kept only then");
        if (!cases[i].good)
            tap_ok(strstr(err.text, cases[i].name) != NULL,
                   "and named otherwise");
        params_release(&p);
    }
}

static void test_tables(void)
{
    for (int k = 0; k < JOB_KIND_COUNT; k++) {
        int count;
        const struct param_spec *specs = param_specs((enum job_kind)k, &count);

        tap_ok(count > 0, "%s has options", job_kind_name((enum job_kind)k));
        for (int i = 0; i < count; i++) {
            const struct param_spec *s = &specs[i];
            struct params p = {NULL, NULL, 0, 0};
            struct err err;

            if (s->fallback != NULL)
                tap_int(params_set(&p, (enum job_kind)k, s->name, s->fallback,
                                   &err),
                        OK, "--%s: its fallback is good", s->name);
            tap_ok((s->metavar == NULL) == (s->type == PARAM_FLAG) &&
                       (s->choices == NULL) == (s->type != PARAM_CHOICE) &&
                       s->help[0] != '\0',
                   "--%s: its row fits its type", s->name);
            for (int j = 0; j < i; j++) {
                if (strcmp(specs[j].name, s->name) == 0)
                    tap_ok(false, "--%s is there twice", s->name);
            }
            params_release(&p);
        }
    }
}

static void test_get(void)
{
    struct params p = {NULL, NULL, 0, 0};
    struct err err;
    double n[3] = {-1, -1, -1};

    tap_int(params_int(&p, JOB_LEARN, "bits"), 16, "a fallback");
    tap_ok(params_get(&p, JOB_LEARN, "epochs") == NULL, "none");
    tap_int(params_numbers(&p, JOB_LEARN, "epochs", n, 3), 0, "no numbers");
    tap_int(params_set(&p, JOB_LEARN, "bits", "8", &err), OK, "set");
    tap_int(params_set(&p, JOB_LEARN, "bits", "9", &err), OK, "again");
    tap_int(params_set(&p, JOB_LEARN, "lr", "0.5,0.25,1e-3", &err), OK, "lr");
    tap_int(params_set(&p, JOB_LEARN, "flip", "1", &err), OK, "flip");
    tap_int(p.count, 3, "three are kept");
    tap_int(params_int(&p, JOB_LEARN, "bits"), 9, "the last counts");
    tap_ok(params_int(&p, JOB_LEARN, "flip") == 1, "a flag");
    tap_int(params_numbers(&p, JOB_LEARN, "lr", n, 2), 2, "room for two");
    tap_int(params_numbers(&p, JOB_LEARN, "lr", n, 3), 3, "or three");
    tap_near(n[2], 1e-3, 0, "the third");
    params_release(&p);
}

static void test_json(void)
{
    const char *name = "a \"b\" \\ \xc3\xa9\n\x1b";
    struct params p = {NULL, NULL, 0, 0}, back;
    struct str json = STR_INIT;
    struct err err;
    static const char *const broken[] = {"",
                                         "{",
                                         "[]",
                                         "3",
                                         "{\"bits\":16}",
                                         "{\"a\":null}",
                                         "{\"bits\":\"1\",\"bits\":\"2\"}",
                                         "{\"a\":\"\\u0000\"}",
                                         "{\"a\":\"\xff\"}"};

    tap_int(params_set(&p, JOB_LEARN, "name", name, &err), OK, "set");
    tap_int(params_set(&p, JOB_LEARN, "bits", "12", &err), OK, "set");
    params_write(&p, &json);
    tap_int(params_read(&back, json.text, &err), OK, "read back %s", "all");
    tap_int(back.count, 2, "both");
    tap_str(params_get(&back, JOB_LEARN, "name"), name, "as it was");
    params_release(&p);
    params_release(&back);
    str_clear(&json);
    params_write(&p, &json);
    tap_str(json.text, "{}", "nothing");
    str_release(&json);

    for (int i = 0; i < (int)ARRAY_SIZE(broken); i++)
        tap_int(params_read(&back, broken[i], &err), ERR_CATALOGUE,
                "refused: case %d", i);
    tap_int(params_read(&back,
                        "{\"bits\":\"999\",\"epochs\":\"x\",\"no\":\"1\"}",
                        &err),
            OK, "a row of somebody else's");
    tap_int(params_int(&back, JOB_LEARN, "bits"), 16, "out of range is absent");
    tap_ok(params_get(&back, JOB_LEARN, "epochs") == NULL, "so is nonsense");
    tap_ok(params_get(&back, JOB_LEARN, "no") == NULL, "and the unknown");
    params_release(&back);
}

int main(void)
{
    test_values();
    /* Decimal commas are the locale's affair, not the catalogue's. */
    if (setlocale(LC_ALL, "de_DE.UTF-8") != NULL)
        test_values();
    test_tables();
    test_get();
    test_json();
    return tap_done();
}
