/** Tests of making LoRA files and checkpoints. */
@NullMarked
package dev.sdlora.pipeline.make;

import org.jspecify.annotations.NullMarked;
