/** A web application that generates images. */
@NullMarked
package dev.sdlora.examples.spring;

import org.jspecify.annotations.NullMarked;
