package dev.sdlora.server.mcp;

import dev.sdlora.request.json.Fields;
import io.modelcontextprotocol.spec.McpSchema;
import java.util.List;

/**
 * A tool that clients can call.
 *
 * @param name the name, such as {@code list_loras}
 * @param title the name for people
 * @param description the description for language models
 * @param draws whether calls draw images
 * @param arguments the arguments
 * @param work the work of a call
 */
record Tool(
    String name, String title, String description, boolean draws, Arguments arguments, Work work) {

  /** The work of a call. */
  @FunctionalInterface
  interface Work {
    /**
     * Does the work on the thread of the call.
     *
     * @param arguments the checked arguments
     * @param call the call, which may be cancelled
     * @param progress receives the steps
     * @return the contents of the result
     */
    List<McpSchema.Content> run(Fields arguments, Call call, Call.Progress progress);
  }

  /** Returns the tool as clients see it. */
  McpSchema.Tool listed() {
    return McpSchema.Tool.builder(name, arguments.schema())
        .title(title)
        .description(description)
        .annotations(
            McpSchema.ToolAnnotations.builder()
                .readOnlyHint(!draws)
                .destructiveHint(false)
                .openWorldHint(false)
                .build())
        .build();
  }

  /** Returns a piece of text for a result. */
  static McpSchema.Content text(String text) {
    return McpSchema.TextContent.builder(text).build();
  }
}
