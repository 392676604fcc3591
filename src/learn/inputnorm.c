#include <config.h>

#include "learn/inputnorm.h"

#include <stdlib.h>
#include <string.h>

/* A number a channel; false unless exactly these are there. */
static bool read_channels(const char *text, int channels, double *out)
{
    for (int i = 0; i < channels; i++) {
        char *end;

        out[i] = strtod(text, &end);
        if (end == text || *end != (i + 1 < channels ? ',' : '\0') ||
            !(out[i] >= 0 && out[i] <= 1))
            return false;
        text = end + 1;
    }
    return true;
}

enum status inputnorm_read(struct augment_norm *out, const char *mean,
                           const char *deviation, int channels, struct err *err)
{
    static const double imagenet[2][3] = {{0.485, 0.456, 0.406},
                                          {0.229, 0.224, 0.225}};
    double means[3] = {0, 0, 0}, deviations[3] = {1, 1, 1};

    if (channels == 3) {
        memcpy(means, imagenet[0], sizeof(means));
        memcpy(deviations, imagenet[1], sizeof(deviations));
    }
    if (mean != NULL && !read_channels(mean, channels, means))
        return err_set(err, ERR_BAD_INPUT,
                       "--mean: give %d numbers from 0 to 1, commas between "
                       "them",
                       channels);
    if (deviation != NULL && !read_channels(deviation, channels, deviations))
        return err_set(err, ERR_BAD_INPUT,
                       "--deviation: give %d numbers from 0 to 1, commas "
                       "between them",
                       channels);
    for (int i = 0; i < channels; i++)
        if (!(deviations[i] > 1e-6))
            return err_set(err, ERR_BAD_INPUT,
                           "--deviation: %g is too small to divide by",
                           deviations[i]);
    for (int i = 0; i < channels; i++) {
        out->mean[i] = (float)(means[i] * 255);
        out->inverse[i] = (float)(1 / (deviations[i] * 255));
    }
    return OK;
}
