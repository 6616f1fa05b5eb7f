/**
 * Image generation for Spring Boot: the pipeline and Spring AI's image model as beans, configured
 * by the properties {@code sdlora.*}.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>An option of requests: a row of {@code dev.sdlora.api.setting} is an option and a property;
 *       {@code spring.RequestOptions} has those without a row, {@code Specs} applies them. Options
 *       of the model itself: {@code SdLoraProperties} and {@code ConfiguredModel}.
 *   <li>Responses to rejected web requests: {@code spring.LibraryProblems}.
 *   <li>Beans, loading of the model, shutdown: {@code spring.SdLoraAutoConfiguration}, {@code
 *       SdLoraMonitoringAutoConfiguration}; {@code LazyPipeline}.
 * </ul>
 */
@NullMarked
package dev.sdlora.spring;

import org.jspecify.annotations.NullMarked;
