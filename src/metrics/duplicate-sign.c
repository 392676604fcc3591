/* Signatures of pictures: blocks and projections that pixels can't be farther
 * apart than. The bounds are in duplicate.h. */
#include <config.h>

#include "metrics/duplicate-parts.h"

#include <math.h>
#include <string.h>

#define PI 3.14159265358979323846

static int block_of(int at, int side)
{
    return at * SIGN_SIDE / side;
}

void sign_prepare(struct duplicates *d)
{
    static const int waves[SIGN_AXES][2] = {{0, 0}, {1, 0}, {0, 1}, {1, 1},
                                            {2, 0}, {0, 2}, {2, 1}, {1, 2}};
    const struct duplicate_options *o = &d->options;
    double all = (double)d->size;

    memset(d->weight, 0, sizeof(d->weight));
    for (int y = 0; y < o->height; y++)
        for (int x = 0; x < o->width; x++)
            d->weight[block_of(y, o->height) * SIGN_SIDE +
                      block_of(x, o->width)] += o->channels;
    for (int i = 0; i < SIGN_AXES; i++) {
        double wave[SIGN_BLOCKS], length = 0;

        for (int b = 0; b < SIGN_BLOCKS; b++) {
            double y = (b / SIGN_SIDE + 0.5) / SIGN_SIDE;
            double x = (b % SIGN_SIDE + 0.5) / SIGN_SIDE;

            wave[b] = cos(PI * waves[i][0] * y) * cos(PI * waves[i][1] * x);
            length += d->weight[b] / all * wave[b] * wave[b];
        }
        for (int b = 0; b < SIGN_BLOCKS; b++)
            d->axes[i][b] =
                length > 1e-9 ? (float)(wave[b] / (sqrt(length) * all)) : 0;
    }
}

void sign_make(const struct duplicates *d, struct signature *out,
               const uint8_t *bytes)
{
    const struct duplicate_options *o = &d->options;
    uint64_t sums[SIGN_BLOCKS] = {0}, squares[SIGN_BLOCKS] = {0};

    memset(out, 0, sizeof(*out));
    for (int c = 0; c < o->channels; c++) {
        for (int y = 0; y < o->height; y++) {
            int row = block_of(y, o->height) * SIGN_SIDE;

            for (int x = 0; x < o->width; x++, bytes++) {
                sums[row + block_of(x, o->width)] += *bytes;
                squares[row + block_of(x, o->width)] +=
                    (unsigned)*bytes * *bytes;
            }
        }
    }
    for (int b = 0; b < SIGN_BLOCKS; b++) {
        double n = d->weight[b], mean, variance;

        if (d->weight[b] == 0)
            continue;
        mean = (double)sums[b] / n;
        variance = (double)squares[b] / n - mean * mean;
        out->mean[b] = (uint8_t)lrint(mean);
        out->deviation[b] =
            (uint8_t)lrint(2 * sqrt(variance > 0 ? variance : 0));
    }
    for (int i = 0; i < SIGN_AXES; i++) {
        double sum = 0;

        for (int b = 0; b < SIGN_BLOCKS; b++)
            sum += (double)d->axes[i][b] * (double)sums[b];
        out->axis[i] = (int16_t)lrint(sum * SIGN_SCALE);
    }
}

/*
 * Rounding moves a mean by up to 1/2 and a deviation by up to 1/4, so their
 * differences by 1 and 1/2, and the length of all of them by sqrt(1 + 1/4).
 */
bool sign_near(const struct duplicates *d, size_t a, size_t b)
{
    const struct signature *x = &d->signs[a], *y = &d->signs[b];
    double reach = d->options.tolerance + 1.1181;
    int64_t most = (int64_t)(4 * reach * reach * (double)d->size), sum = 0;

    for (int row = 0; row < SIGN_BLOCKS; row += SIGN_SIDE) {
        int32_t part[SIGN_SIDE];

        for (int i = 0; i < SIGN_SIDE; i++) {
            int mean = x->mean[row + i] - y->mean[row + i];
            int deviation = x->deviation[row + i] - y->deviation[row + i];

            part[i] = 4 * mean * mean + deviation * deviation;
        }
        for (int i = 0; i < SIGN_SIDE; i++)
            sum += (int64_t)part[i] * d->weight[row + i];
        if (sum > most)
            return false;
    }
    return true;
}
