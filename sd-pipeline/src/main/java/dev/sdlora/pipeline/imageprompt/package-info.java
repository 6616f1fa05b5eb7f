/**
 * Image prompts: the images that IP-Adapters read next to the text. {@code VisionEncoders} encodes
 * an image, {@code ImageAdapters} makes keys and values of it, and {@code ImagePrompts} gives them
 * to the calls of the U-Net.
 */
@NullMarked
package dev.sdlora.pipeline.imageprompt;

import org.jspecify.annotations.NullMarked;
