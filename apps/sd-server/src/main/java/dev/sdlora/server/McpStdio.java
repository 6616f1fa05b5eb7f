package dev.sdlora.server;

import dev.sdlora.api.Pipeline;
import dev.sdlora.server.mcp.LocalTools;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Offers a pipeline's tools to one program with a language model, over a pair of streams: the stdio
 * transport of the Model Context Protocol (MCP). The tools are those that {@link SdServer} offers
 * under {@code /mcp}; images can also be named by their path, {@code file:/home/me/photo.png}.
 */
public final class McpStdio {
  private McpStdio() {}

  /**
   * Serves until the input ends or the thread is interrupted, then cancels what is being drawn.
   *
   * @param pipeline loads the pipeline, once, when the first tool is called; closed at the end. An
   *     exception is the result of the call, and the next call loads again
   * @param in the messages of the client, not closed
   * @param out the messages for the client, not closed; nothing else may write to it
   */
  public static void serve(Supplier<Pipeline> pipeline, InputStream in, OutputStream out) {
    Objects.requireNonNull(pipeline, "pipeline");
    Objects.requireNonNull(in, "in");
    Objects.requireNonNull(out, "out");
    try (LocalTools tools = new LocalTools(pipeline)) {
      tools.serve(in, out);
    }
  }
}
