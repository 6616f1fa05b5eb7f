@NullMarked
package dev.sdlora.pipeline.recovery;

import org.jspecify.annotations.NullMarked;
