package dev.sdlora.batch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.request.Dialect;
import dev.sdlora.request.DrawingReader;
import dev.sdlora.request.Overrides;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.request.json.Fields;

/**
 * Reads settings like requests to the server, with the library's defaults. Warnings are errors
 * here.
 */
final class SettingsReader implements RequestReader {
  private final RequestContext context;

  /** Creates a reader that looks up names in a context. */
  SettingsReader(RequestContext context) {
    this.context = context;
  }

  @Override
  public PromptSpec read(ObjectNode settings) {
    Fields fields = Fields.of(settings.deepCopy().without("checkpoint"));
    PromptSpec read = new DrawingReader(context).read(fields, Dialect.LIBRARY, Overrides.NONE);
    if (!fields.warnings().isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", fields.warnings()));
    }
    return read;
  }
}
