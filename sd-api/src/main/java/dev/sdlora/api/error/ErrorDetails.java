package dev.sdlora.api.error;

import dev.sdlora.api.model.ModelFamily;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The details of an error for programs: the things that its message names. Details that do not
 * apply are empty. Immutable; start from {@link #NONE} or {@link #in}.
 */
public final class ErrorDetails {
  /** No details. */
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
   * {@return details of an error that concerns a file or folder}
   *
   * @param file its real path, even if the message shows another path
   */
  public static ErrorDetails in(Path file) {
    return NONE.withFile(file);
  }

  /**
   * {@return a copy with a file or folder}
   *
   * @param file its real path, even if the message shows another path
   */
  public ErrorDetails withFile(Path file) {
    Objects.requireNonNull(file, "file");
    return with(draft -> draft.file = Optional.of(file));
  }

  /**
   * {@return a copy with a tensor}
   *
   * @param tensor the tensor's name in the file
   */
  public ErrorDetails withTensor(String tensor) {
    Objects.requireNonNull(tensor, "tensor");
    return with(draft -> draft.tensor = Optional.of(tensor));
  }

  /**
   * {@return a copy with a module of a LoRA}
   *
   * @param module the module's name in the file
   */
  public ErrorDetails withModule(String module) {
    Objects.requireNonNull(module, "module");
    return with(draft -> draft.module = Optional.of(module));
  }

  /**
   * {@return a copy with a requested name}
   *
   * @param name the name as it was requested
   */
  public ErrorDetails withName(String name) {
    Objects.requireNonNull(name, "name");
    return with(draft -> draft.name = Optional.of(name));
  }

  /**
   * {@return a copy with the available names}
   *
   * @param names all available names; copied
   */
  public ErrorDetails withKnownNames(List<String> names) {
    Objects.requireNonNull(names, "names");
    List<String> copy = List.copyOf(names);
    return with(draft -> draft.knownNames = copy);
  }

  /**
   * {@return a copy with similar names}
   *
   * @param names the most similar first; copied
   */
  public ErrorDetails withNearestNames(List<String> names) {
    Objects.requireNonNull(names, "names");
    List<String> copy = List.copyOf(names);
    return with(draft -> draft.nearestNames = copy);
  }

  /** {@return a copy for a model of no supported family, of which the first one is expected} */
  public ErrorDetails withUnknownFamily() {
    return withFamilies(ModelFamily.supported().get(0), ModelFamily.UNKNOWN);
  }

  /**
   * {@return a copy with two model families that do not match}
   *
   * @param expected the expected family
   * @param found the actual family; {@link ModelFamily#UNKNOWN} if it was not recognized
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

  /** {@return the affected file or folder; empty if the error concerns none} */
  public Optional<Path> file() {
    return file;
  }

  /**
   * {@return the name of the affected tensor in the file; empty if the error concerns no tensor}
   */
  public Optional<String> tensor() {
    return tensor;
  }

  /**
   * {@return the name of the affected LoRA module in the file; empty if the error concerns no
   * module}
   */
  public Optional<String> module() {
    return module;
  }

  /**
   * {@return the requested name, such as that of a LoRA in a prompt; empty if the error concerns no
   * name}
   */
  public Optional<String> name() {
    return name;
  }

  /** {@return the available names, if an unknown name was requested} Often empty; unmodifiable. */
  public List<String> knownNames() {
    return knownNames;
  }

  /**
   * {@return names similar to the requested one, the most similar first} Often empty; unmodifiable.
   */
  public List<String> nearestNames() {
    return nearestNames;
  }

  /** {@return the expected model family; empty unless another family was found} */
  public Optional<ModelFamily> expectedFamily() {
    return expectedFamily;
  }

  /**
   * {@return the family of the model that was found; empty unless another family was expected}
   * {@link ModelFamily#UNKNOWN} if it was not recognized.
   */
  public Optional<ModelFamily> foundFamily() {
    return foundFamily;
  }

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
