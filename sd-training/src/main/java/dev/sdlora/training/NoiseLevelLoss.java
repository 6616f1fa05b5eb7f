package dev.sdlora.training;

/**
 * The loss of training images within a range of noise levels, without the weights of {@link
 * LoraTrainerBuilder#minSnrGamma} and others.
 *
 * @param from the lower end of the range, from 0 for a clean image
 * @param to the upper end, up to 1 for pure noise
 * @param images the number of images trained on within the range, repetitions included
 * @param mean their mean loss; NaN if there were none
 * @param recent an exponential mean of about the last 20 of them; NaN likewise
 */
public record NoiseLevelLoss(double from, double to, long images, double mean, double recent) {}
