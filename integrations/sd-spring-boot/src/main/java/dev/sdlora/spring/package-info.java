/**
 * Images in Spring Boot applications: the pipeline and Spring AI's image model as beans, set up by
 * properties {@code sdlora.*}.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>An option or a property in Spring Boot: {@code spring.ImageSettings}, whose fields are
 *       properties and options, {@code SdLoraImageOptions.Builder}, and {@code Specs}, where it
 *       gets into the request; of the model itself, {@code SdLoraProperties} and {@code
 *       ConfiguredModel}.
 *   <li>What web requests are answered that the library refuses in Spring Boot: {@code
 *       spring.LibraryProblems}.
 *   <li>Which beans there are, when the model is read, how an application ends: {@code
 *       spring.SdLoraAutoConfiguration}, {@code SdLoraMonitoringAutoConfiguration}; {@code
 *       LazyPipeline}.
 * </ul>
 */
@NullMarked
package dev.sdlora.spring;

import org.jspecify.annotations.NullMarked;
