package dev.sdlora.api.error;

import dev.sdlora.api.model.ModelFamily;
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

  /**
   * {@return details of an error about a file or folder}
   *
   * @param file its real path, also where the sentence shows another
   */
  public static ErrorDetails in(Path file) {
    return NONE.withFile(file);
  }

  /**
   * {@return the same about a file or folder}
   *
   * @param file its real path, also where the sentence shows another
   */
  public ErrorDetails withFile(Path file) {
    Objects.requireNonNull(file, "file");
    return with(draft -> draft.file = Optional.of(file));
  }

  /**
   * {@return the same about a tensor}
   *
   * @param tensor its name in the file
   */
  public ErrorDetails withTensor(String tensor) {
    Objects.requireNonNull(tensor, "tensor");
    return with(draft -> draft.tensor = Optional.of(tensor));
  }

  /**
   * {@return the same about a module of a LoRA}
   *
   * @param module its name in the file
   */
  public ErrorDetails withModule(String module) {
    Objects.requireNonNull(module, "module");
    return with(draft -> draft.module = Optional.of(module));
  }

  /**
   * {@return the same about what somebody asked for by a name}
   *
   * @param name as it was asked for
   */
  public ErrorDetails withName(String name) {
    Objects.requireNonNull(name, "name");
    return with(draft -> draft.name = Optional.of(name));
  }

  /**
   * {@return the same with the names that there are}
   *
   * @param names all of them; copied
   */
  public ErrorDetails withKnownNames(List<String> names) {
    Objects.requireNonNull(names, "names");
    List<String> copy = List.copyOf(names);
    return with(draft -> draft.knownNames = copy);
  }

  /**
   * {@return the same with names that may have been meant}
   *
   * @param names the most probable first; copied
   */
  public ErrorDetails withNearestNames(List<String> names) {
    Objects.requireNonNull(names, "names");
    List<String> copy = List.copyOf(names);
    return with(draft -> draft.nearestNames = copy);
  }

  /**
   * {@return the same with two families of models that do not agree}
   *
   * @param expected the family that was expected
   * @param found the other one; {@link ModelFamily#UNKNOWN} if it is none of those known
   */
  public ErrorDetails withFamilies(ModelFamily expected, ModelFamily found) {
    Objects.requireNonNull(expected, "expected");
    Objects.requireNonNull(found, "found");
    return with(
        draft -> {
          draft.expectedFamily = Optional.of(expected);
          draft.foundFamily = Optional.of(found);
        });
  }

  /** {@return the file or folder; empty if the error is about none} */
  public Optional<Path> file() {
    return file;
  }

  /** {@return the tensor, by its name in the file; empty if the error is about none} */
  public Optional<String> tensor() {
    return tensor;
  }

  /** {@return the module of a LoRA, by its name in the file; empty if the error is about none} */
  public Optional<String> module() {
    return module;
  }

  /** {@return what was asked for by a name, such as a LoRA in a prompt; empty if nothing was} */
  public Optional<String> name() {
    return name;
  }

  /**
   * {@return the names that there are, where one was asked for that is not among them} Mostly
   * empty; unmodifiable.
   */
  public List<String> knownNames() {
    return knownNames;
  }

  /**
   * {@return names that may have been meant, the most probable first} Mostly empty; unmodifiable.
   */
  public List<String> nearestNames() {
    return nearestNames;
  }

  /** {@return the family of models that was expected; empty unless another was found} */
  public Optional<ModelFamily> expectedFamily() {
    return expectedFamily;
  }

  /**
   * {@return the family of models that was found; empty unless another was expected} {@link
   * ModelFamily#UNKNOWN} if it is none of those known.
   */
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
