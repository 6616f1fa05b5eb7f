/**
 * The command line {@code sd}: one class for each command, built on the public API. {@link
 * dev.sdlora.cli.Sd} is the entry point.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Terminal output: {@code cli.VisibleText}, {@code Console}; grouping of options in the help:
 *       {@code @Heading}.
 *   <li>The Docker image of {@code sd serve}: {@code Dockerfile}, tested by {@code cli.DockerIT};
 *       the commands that jbang runs: {@code jbang-catalog.json}, tested by {@code
 *       examples.JbangIT}.
 * </ul>
 */
@NullMarked
package dev.sdlora.cli;

import org.jspecify.annotations.NullMarked;
