/**
 * The input of a training run: latents of images, captions as tokens or states, and batches of
 * both.
 *
 * <ul>
 *   <li>Training sizes of images: {@code Buckets}, {@code Placement}; their pixels and masks:
 *       {@code ImageInput}
 *   <li>Which images share a batch: {@code BatchOrder}; noise, flips and masks of a batch: {@code
 *       Batches}
 *   <li>Captions that change from step to step: {@code CaptionVariants}
 *   <li>Latents and text states on disk: {@code DataCache}, {@code CacheKey}
 * </ul>
 */
@NullMarked
package dev.sdlora.training.data;

import org.jspecify.annotations.NullMarked;
