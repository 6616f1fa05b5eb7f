/** Which LoRAs fit which checkpoints, and how far checkpoints are apart. */
@NullMarked
package dev.sdlora.pipeline.fit;

import org.jspecify.annotations.NullMarked;
