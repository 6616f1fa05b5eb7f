/**
 * Tests of the beans and of Spring AI's image model, configured by the properties {@code sdlora.*}.
 */
@NullMarked
package dev.sdlora.spring;

import org.jspecify.annotations.NullMarked;
