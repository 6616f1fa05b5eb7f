@NullMarked
package dev.sdlora.demo.scratch;

import org.jspecify.annotations.NullMarked;
