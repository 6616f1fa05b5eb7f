/** Tests of files of hypernetworks. */
@NullMarked
package dev.sdlora.pipeline.hypernetwork;

import org.jspecify.annotations.NullMarked;
