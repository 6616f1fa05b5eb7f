package dev.sdlora.request;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.sdlora.api.PromptSpec;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * An option of A1111 that has an effect here.
 *
 * @param <T> the type of the target
 * @param name the name in A1111
 * @param usual the default in A1111
 * @param setter sets the option in the target; called only if the option is given
 * @param writer returns the value from a request; written unless it is the default
 */
record Option<T>(
    String name,
    JsonNode usual,
    BiConsumer<T, Fields> setter,
    Function<PromptSpec, Optional<JsonNode>> writer) {

  /** Creates an option that also exists as a request field, so that it is never written. */
  static <T> Option<T> of(String name, Object usual, BiConsumer<T, Fields> setter) {
    return new Option<>(name, json(usual), setter, spec -> Optional.empty());
  }

  /** Returns a copy that is written if a request has a value other than the default. */
  Option<T> writing(Function<PromptSpec, Object> value) {
    return new Option<>(name, usual, setter, spec -> Optional.of(json(value.apply(spec))));
  }

  /** Returns a copy that is written if a request has a value. */
  Option<T> writingIf(Function<PromptSpec, Optional<?>> value) {
    return new Option<>(
        name, usual, setter, spec -> value.apply(spec).map(found -> json((Object) found)));
  }

  private static JsonNode json(Object value) {
    if (value instanceof JsonNode node) {
      return node;
    }
    if (value instanceof Boolean flag) {
      return BooleanNode.valueOf(flag);
    }
    if (value instanceof Integer number) {
      return IntNode.valueOf(number);
    }
    if (value instanceof Long number) {
      return LongNode.valueOf(number);
    }
    return value instanceof Double number
        ? DoubleNode.valueOf(number)
        : TextNode.valueOf(value.toString());
  }

  /** Sets the option in the target if it is given. */
  void apply(T target, Fields options) {
    if (options.has(name)) {
      options.set(name, () -> setter.accept(target, options));
    }
  }

  /** Returns the value from a request unless it is the default. */
  Optional<JsonNode> written(PromptSpec spec) {
    return writer.apply(spec).filter(value -> !isUsual(value));
  }

  private boolean isUsual(JsonNode value) {
    return (value.isNumber() && usual.isNumber())
        ? value.doubleValue() == usual.doubleValue()
        : value.equals(usual);
  }
}
