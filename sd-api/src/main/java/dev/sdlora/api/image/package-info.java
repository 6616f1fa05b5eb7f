/**
 * Images that a request starts from, masks, ControlNet units, hires fix and upscaling.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Limits of image files: {@code ImageDecoder}, {@code api.value.JpegScans}; limits of their
 *       metadata: {@code pipeline.image.ImageErrors.requireFewParts}, {@code TextChunk}; limits of
 *       the gallery: {@code server.gallery.ImageFolder}.
 *   <li>Preprocessors of control images: {@code Preprocessor}, {@code api.value.ControlFilter},
 *       {@code pipeline.preprocess}.
 *   <li>Sizes passed to SDXL: {@code api.SizeConditioning}, {@code conditioning.AddedTimeIds},
 *       {@code network.SizeConditions}.
 * </ul>
 */
@NullMarked
package dev.sdlora.api.image;

import org.jspecify.annotations.NullMarked;
