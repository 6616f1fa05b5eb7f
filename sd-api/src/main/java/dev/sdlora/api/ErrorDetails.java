package dev.sdlora.api;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What an error is about, for programs: the same things that its sentence names. What does not
 * belong to an error is empty. Immutable; start from {@link #NONE} or {@link #in}.
 */
public final class ErrorDetails {
  /** Nothing is known. */
  public static final ErrorDetails NONE = new ErrorDetails(new Draft());

  private final Optional<Path> file;
  private final Optional<String> tensor;
  private final Optional<String> module;
  private final Optional<String> name;
  private final List<String> knownNames;
  private final List<String> nearestNames;
  private final Optional<ModelFamily> expectedFamily;
  private final Optional<ModelFamily> foundFamily;

  private ErrorDetails(Draft draft) {
    this.file = draft.file;
    this.tensor = draft.tensor;
    this.module = draft.module;
    this.name = draft.name;
    this.knownNames = draft.knownNames;
    this.nearestNames = draft.nearestNames;
    this.expectedFamily = draft.expectedFamily;
    this.foundFamily = draft.foundFamily;
  }

  /** What is known while it is put together. */
  private static final class Draft {
    private Optional<Path> file = Optional.empty();
    private Optional<String> tensor = Optional.empty();
    private Optional<String> module = Optional.empty();
    private Optional<String> name = Optional.empty();
    private List<String> knownNames = List.of();
    private List<String> nearestNames = List.of();
    private Optional<ModelFamily> expectedFamily = Optional.empty();
    private Optional<ModelFamily> foundFamily = Optional.empty();
  }

  private ErrorDetails with(Consumer<Draft> change) {
    Draft draft = new Draft();
    draft.file = file;
    draft.tensor = tensor;
    draft.module = module;
    draft.name = name;
    draft.knownNames = knownNames;
    draft.nearestNames = nearestNames;
    draft.expectedFamily = expectedFamily;
    draft.foundFamily = foundFamily;
    change.accept(draft);
    return new ErrorDetails(draft);
  }

  /** An error about a file or folder. */
  public static ErrorDetails in(Path file) {
    return NONE.withFile(file);
  }

  /** The same about a file or folder. */
  public ErrorDetails withFile(Path file) {
    Objects.requireNonNull(file, "file");
    return with(draft -> draft.file = Optional.of(file));
  }

  /** The same about a tensor, by its name in the file. */
  public ErrorDetails withTensor(String tensor) {
    Objects.requireNonNull(tensor, "tensor");
    return with(draft -> draft.tensor = Optional.of(tensor));
  }

  /** The same about a module, by its name in the file. */
  public ErrorDetails withModule(String module) {
    Objects.requireNonNull(module, "module");
    return with(draft -> draft.module = Optional.of(module));
  }

  /** The same about what somebody asked for by a name. */
  public ErrorDetails withName(String name) {
    Objects.requireNonNull(name, "name");
    return with(draft -> draft.name = Optional.of(name));
  }

  /** The same with the names that there are. */
  public ErrorDetails withKnownNames(List<String> names) {
    Objects.requireNonNull(names, "names");
    List<String> copy = List.copyOf(names);
    return with(draft -> draft.knownNames = copy);
  }

  /** The same with names that may have been meant, the most probable first. */
  public ErrorDetails withNearestNames(List<String> names) {
    Objects.requireNonNull(names, "names");
    List<String> copy = List.copyOf(names);
    return with(draft -> draft.nearestNames = copy);
  }

  /** The same with the family of models that was expected, and the one that was found. */
  public ErrorDetails withFamilies(ModelFamily expected, ModelFamily found) {
    Objects.requireNonNull(expected, "expected");
    Objects.requireNonNull(found, "found");
    return with(
        draft -> {
          draft.expectedFamily = Optional.of(expected);
          draft.foundFamily = Optional.of(found);
        });
  }

  /** The file or folder. */
  public Optional<Path> file() {
    return file;
  }

  /** The tensor, by its name in the file. */
  public Optional<String> tensor() {
    return tensor;
  }

  /** The module of a LoRA, by its name in the file. */
  public Optional<String> module() {
    return module;
  }

  /** What was asked for by a name, such as a LoRA in a prompt. */
  public Optional<String> name() {
    return name;
  }

  /** The names that there are, where one was asked for that is not among them. */
  public List<String> knownNames() {
    return knownNames;
  }

  /** Names that may have been meant, the most probable first. */
  public List<String> nearestNames() {
    return nearestNames;
  }

  /** The family of models that was expected, where it is another. */
  public Optional<ModelFamily> expectedFamily() {
    return expectedFamily;
  }

  /** The family of models that was found; {@link ModelFamily#UNKNOWN} if it is one of others. */
  public Optional<ModelFamily> foundFamily() {
    return foundFamily;
  }

  /** Whether the other says the same. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ErrorDetails that && state().equals(that.state());
  }

  @Override
  public int hashCode() {
    return state().hashCode();
  }

  @Override
  public String toString() {
    return "ErrorDetails" + state();
  }

  private List<Object> state() {
    return List.of(
        file, tensor, module, name, knownNames, nearestNames, expectedFamily, foundFamily);
  }
}
