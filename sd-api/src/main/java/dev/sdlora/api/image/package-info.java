/**
 * Images that a request starts from, masks, ControlNet units, hires fix and upscaling.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>The bounds of image files: {@code ImageDecoder}, {@code api.value.JpegScans}; of what is
 *       read in them {@code pipeline.image.ImageErrors.requireFewParts}, {@code TextChunk}; in the
 *       gallery {@code server.gallery.ImageFolder}.
 *   <li>What SDXL is told of sizes: {@code api.SizeConditioning}, {@code
 *       conditioning.AddedTimeIds}, {@code network.SizeConditions}.
 * </ul>
 */
@NullMarked
package dev.sdlora.api.image;

import org.jspecify.annotations.NullMarked;
