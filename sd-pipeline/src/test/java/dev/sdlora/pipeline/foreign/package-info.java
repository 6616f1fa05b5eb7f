@NullMarked
package dev.sdlora.pipeline.foreign;

import org.jspecify.annotations.NullMarked;
