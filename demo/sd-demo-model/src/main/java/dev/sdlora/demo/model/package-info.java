/** The model that a first image is drawn with. */
@NullMarked
package dev.sdlora.demo.model;

import org.jspecify.annotations.NullMarked;
