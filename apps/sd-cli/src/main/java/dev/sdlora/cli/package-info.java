/**
 * The command line {@code sd}: one class for each command, on the public API. {@link
 * dev.sdlora.cli.Sd} is the entry.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>What a terminal is shown: {@code cli.VisibleText}, {@code Console}; where an option stands
 *       in the help, {@code @Heading}.
 *   <li>The image of `sd serve`; what jbang runs: {@code Dockerfile}, held by {@code cli.DockerIT};
 *       {@code jbang-catalog.json}, by {@code examples.JbangIT}.
 * </ul>
 */
@NullMarked
package dev.sdlora.cli;

import org.jspecify.annotations.NullMarked;
