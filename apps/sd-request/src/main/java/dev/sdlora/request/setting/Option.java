package dev.sdlora.request.setting;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.request.json.Fields;
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
 * @param writer returns the value from a request, written unless it is the default; empty if a
 *     field says the same
 */
public record Option<T>(
    String name,
    JsonNode usual,
    BiConsumer<T, Fields> setter,
    Optional<Function<PromptSpec, Optional<JsonNode>>> writer) {

  /** Creates an option that also exists as a request field, so that it is never written. */
  static <T> Option<T> of(String name, Object usual, BiConsumer<T, Fields> setter) {
    return new Option<>(name, json(usual), setter, Optional.empty());
  }

  /** Returns a copy with another default, which A1111 has in place of none. */
  Option<T> usual(Object other) {
    return new Option<>(name, json(other), setter, writer);
  }

  /** Returns a copy that is read in another way. */
  Option<T> reading(BiConsumer<T, Fields> other) {
    return new Option<>(name, usual, other, writer);
  }

  /** Returns a copy that is never written, because a field says the same. */
  Option<T> unwritten() {
    return new Option<>(name, usual, setter, Optional.empty());
  }

  /** Returns a copy that is written if a request has a value other than the default. */
  Option<T> writing(Function<PromptSpec, Object> value) {
    return writingIf(spec -> Optional.of(value.apply(spec)));
  }

  /** Returns a copy that is written if a request has a value. */
  Option<T> writingIf(Function<PromptSpec, Optional<?>> value) {
    return new Option<>(
        name,
        usual,
        setter,
        Optional.of(spec -> value.apply(spec).map(found -> json((Object) found))));
  }

  private static JsonNode json(Object value) {
    return value instanceof JsonNode node ? node : Fields.node(value);
  }

  /** Sets the option in the target if it is given. */
  public void apply(T target, Fields options) {
    if (options.has(name)) {
      options.set(name, () -> setter.accept(target, options));
    }
  }

  /** Returns the value from a request unless it is the default. */
  public Optional<JsonNode> written(PromptSpec spec) {
    return writer.flatMap(value -> value.apply(spec)).filter(value -> !isUsual(value));
  }

  private boolean isUsual(JsonNode value) {
    return (value.isNumber() && usual.isNumber())
        ? value.doubleValue() == usual.doubleValue()
        : value.equals(usual);
  }
}
