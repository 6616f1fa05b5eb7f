/**
 * What a caller of the library names: open a {@link dev.sdlora.api.Checkpoint}, build a {@link
 * dev.sdlora.api.Pipeline}, describe a picture with a {@link dev.sdlora.api.PromptSpec}, save the
 * {@link dev.sdlora.api.GeneratedImage}. Values are immutable and safe to share between threads; no
 * native memory is held by anything but the pipeline.
 */
@NullMarked
package dev.sdlora.api;

import org.jspecify.annotations.NullMarked;
