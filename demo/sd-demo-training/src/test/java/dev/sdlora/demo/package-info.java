@NullMarked
package dev.sdlora.demo;

import org.jspecify.annotations.NullMarked;
