/** Finds the files that pictures were made with, by what the pictures tell of them. */
@NullMarked
package dev.sdlora.pipeline.recovery;

import org.jspecify.annotations.NullMarked;
