/**
 * The pictures and captions that the bundled demo model learns from, and how its own are judged.
 */
@NullMarked
package dev.sdlora.demo;

import org.jspecify.annotations.NullMarked;
