@NullMarked
package dev.sdlora.pipeline.speed;

import org.jspecify.annotations.NullMarked;
