/**
 * Images in Spring Boot applications: the pipeline and Spring AI's image model as beans, set up by
 * properties {@code sdlora.*}.
 */
@NullMarked
package dev.sdlora.spring;

import org.jspecify.annotations.NullMarked;
