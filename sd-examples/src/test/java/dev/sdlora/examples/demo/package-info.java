@NullMarked
package dev.sdlora.examples.demo;

import org.jspecify.annotations.NullMarked;
