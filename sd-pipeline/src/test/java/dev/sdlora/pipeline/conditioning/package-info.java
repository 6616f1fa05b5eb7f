/** What prompts mean to the U-Net. */
@NullMarked
package dev.sdlora.pipeline.conditioning;

import org.jspecify.annotations.NullMarked;
