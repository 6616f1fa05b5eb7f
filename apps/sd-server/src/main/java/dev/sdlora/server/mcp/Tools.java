package dev.sdlora.server.mcp;

import dev.sdlora.api.RequestLimits;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.value.CurrentWork;
import dev.sdlora.request.KnownFields;
import dev.sdlora.request.json.Fields;
import dev.sdlora.server.http.ErrorMessages;
import io.modelcontextprotocol.json.schema.JsonSchemaValidator.ValidationResponse;
import io.modelcontextprotocol.server.McpAsyncServer;
import io.modelcontextprotocol.server.McpAsyncServerExchange;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures.AsyncToolSpecification;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** All tools, for a server of the SDK. Their errors are results with one sentence. */
final class Tools {
  private static final String INSTRUCTIONS =
      "Draws images with Stable Diffusion and related models on this machine. Drawing takes from"
          + " seconds to minutes; calls queue. Call list_loras before writing a LoRA's tag into a"
          + " prompt.";

  /** Names of A1111's fields in errors, and of the arguments that they come from. */
  private static final Map<String, String> ARGUMENTS =
      Map.of(
          "init_images", "image",
          "reference_images", "image",
          "denoising_strength", "strength");

  private static final Logger LOG = LoggerFactory.getLogger(Tools.class);

  private final List<Tool> tools;
  private final Supplier<ErrorMessages> messages;
  private final Scheduler threads;

  /**
   * Creates the tools.
   *
   * @param model the model, which the first call may load
   * @param messages converts errors to messages, before the model is loaded too
   * @param limits the limits of a request
   * @param limit counts a drawing of a client, and throws if it draws too many
   * @param files whether images can be named by their paths
   * @param threads runs calls
   */
  Tools(
      Supplier<DrawingModel> model,
      Supplier<ErrorMessages> messages,
      RequestLimits limits,
      Consumer<String> limit,
      boolean files,
      Scheduler threads) {
    this.tools =
        Stream.concat(
                new DrawingTools(model, limits, limit, files).tools().stream(),
                new ReadingTools(model).tools().stream())
            .toList();
    this.messages = messages;
    this.threads = threads;
  }

  /** Builds a server of the SDK with the tools. */
  McpAsyncServer build(McpServer.AsyncSpecification<?> server) {
    return server
        .serverInfo("sd-lora", version())
        .instructions(INSTRUCTIONS)
        .capabilities(McpSchema.ServerCapabilities.builder().tools(false).build())
        .jsonMapper(Json.MAPPER)
        // Arguments are checked by the tools, in sentences.
        .validateToolInputs(false)
        .jsonSchemaValidator((schema, content) -> ValidationResponse.asValid(""))
        .tools(tools.stream().map(this::specification).toList())
        .build();
  }

  /**
   * Checks the parameters of a call, for which the SDK's errors name classes.
   *
   * @return the answer to a request that is no call of a tool
   */
  Optional<JSONRPCResponse> refusal(JSONRPCRequest request) {
    if (!request.method().equals(McpSchema.METHOD_TOOLS_CALL)) {
      return Optional.empty();
    }
    if (!(request.params() instanceof Map<?, ?> params)
        || !(params.get("name") instanceof String name)
        || (params.get("arguments") != null && !(params.get("arguments") instanceof Map<?, ?>))) {
      return Optional.of(
          invalid(request, "the parameters of a call must have a name, and arguments by name"));
    }
    List<String> names = tools.stream().map(Tool::name).toList();
    return names.contains(name)
        ? Optional.empty()
        : Optional.of(invalid(request, KnownFields.unknown("tool", name, names)));
  }

  private static JSONRPCResponse invalid(JSONRPCRequest request, String sentence) {
    return JSONRPCResponse.error(
        request.id(),
        new JSONRPCResponse.JSONRPCError(McpSchema.ErrorCodes.INVALID_PARAMS, sentence, null));
  }

  private static String version() {
    return Objects.requireNonNullElse(
        Tools.class.getPackage().getImplementationVersion(), "development");
  }

  private AsyncToolSpecification specification(Tool tool) {
    return AsyncToolSpecification.builder()
        .tool(tool.listed())
        .callHandler(
            (client, request) ->
                Mono.fromCallable(() -> answer(tool, client, request)).subscribeOn(threads))
        .build();
  }

  private CallToolResult answer(Tool tool, McpAsyncServerExchange client, CallToolRequest request) {
    Call call = (Call) client.transportContext().get(Call.KEY);
    try {
      Fields arguments = tool.arguments().read(request.arguments());
      Call.Progress progress =
          new Call.Progress(client, Optional.ofNullable(request.progressToken()));
      BooleanSupplier gone = CurrentWork.cancelled();
      List<McpSchema.Content> content =
          CurrentWork.until(
              () -> call.isCancelled() || gone.getAsBoolean(),
              () -> tool.work().run(arguments, call, progress));
      return CallToolResult.builder().content(content).build();
    } catch (RuntimeException | Error e) {
      // Nobody receives the result of a call that is over.
      String sentence = call.isOver() ? "the call was cancelled" : sentence(tool, e);
      return CallToolResult.builder().content(List.of(Tool.text(sentence))).isError(true).build();
    }
  }

  private String sentence(Tool tool, Throwable error) {
    ErrorMessages.Message message = messages.get().of(error);
    if (message.unexpected() && error instanceof StableDiffusionException) {
      LOG.warn("the tool {} failed: {}", tool.name(), error.getMessage());
    } else if (message.unexpected()) {
      LOG.error("the tool {} failed", tool.name(), error);
    }
    String sentence = message.sentence();
    for (Map.Entry<String, String> name : ARGUMENTS.entrySet()) {
      sentence = sentence.replace("'" + name.getKey() + "'", "'" + name.getValue() + "'");
    }
    return sentence.replaceAll("\\bfield '", "argument '");
  }
}
