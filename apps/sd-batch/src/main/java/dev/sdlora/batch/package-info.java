/** Lists of requests that are drawn into a folder, and gone on with where they were broken off. */
@NullMarked
package dev.sdlora.batch;

import org.jspecify.annotations.NullMarked;
