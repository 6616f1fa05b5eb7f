/**
 * The Model Context Protocol (MCP): tools that draw, for programs with language models.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Which tools there are and their descriptions: {@code Tools}; their arguments: {@code
 *       Arguments}.
 *   <li>Results of drawing: {@code DrawingTools}; of lists and explanations: {@code ReadingTools}.
 *   <li>Cancellation and progress: {@code Call}, {@code RunningCalls}.
 *   <li>HTTP: {@code McpApi}, {@code Sessions}; standard input and output: {@code LineTransport}.
 * </ul>
 */
@NullMarked
package dev.sdlora.server.mcp;

import org.jspecify.annotations.NullMarked;
