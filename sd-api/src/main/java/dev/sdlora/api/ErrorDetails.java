package dev.sdlora.api;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an error is about, for programs: the same things that its sentence names. What does not
 * belong to an error is empty. Immutable; start from {@link #NONE} or {@link #in}.
 */
public final class ErrorDetails {
  /** Nothing is known. */
  public static final ErrorDetails NONE =
      new ErrorDetails(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          List.of(),
          List.of(),
          Optional.empty(),
          Optional.empty());

  private final Optional<Path> file;
  private final Optional<String> tensor;
  private final Optional<String> module;
  private final Optional<String> name;
  private final List<String> knownNames;
  private final List<String> nearestNames;
  private final Optional<ModelFamily> expectedFamily;
  private final Optional<ModelFamily> foundFamily;

  private ErrorDetails(
      Optional<Path> file,
      Optional<String> tensor,
      Optional<String> module,
      Optional<String> name,
      List<String> knownNames,
      List<String> nearestNames,
      Optional<ModelFamily> expectedFamily,
      Optional<ModelFamily> foundFamily) {
    this.file = file;
    this.tensor = tensor;
    this.module = module;
    this.name = name;
    this.knownNames = knownNames;
    this.nearestNames = nearestNames;
    this.expectedFamily = expectedFamily;
    this.foundFamily = foundFamily;
  }

  /** An error about a file or folder. */
  public static ErrorDetails in(Path file) {
    return NONE.withFile(file);
  }

  /** The same about a file or folder. */
  public ErrorDetails withFile(Path file) {
    Objects.requireNonNull(file, "file");
    return new ErrorDetails(
        Optional.of(file),
        tensor,
        module,
        name,
        knownNames,
        nearestNames,
        expectedFamily,
        foundFamily);
  }

  /** The same about a tensor, by its name in the file. */
  public ErrorDetails withTensor(String tensor) {
    Objects.requireNonNull(tensor, "tensor");
    return new ErrorDetails(
        file,
        Optional.of(tensor),
        module,
        name,
        knownNames,
        nearestNames,
        expectedFamily,
        foundFamily);
  }

  /** The same about a module, by its name in the file. */
  public ErrorDetails withModule(String module) {
    Objects.requireNonNull(module, "module");
    return new ErrorDetails(
        file,
        tensor,
        Optional.of(module),
        name,
        knownNames,
        nearestNames,
        expectedFamily,
        foundFamily);
  }

  /** The same about what somebody asked for by a name. */
  public ErrorDetails withName(String name) {
    Objects.requireNonNull(name, "name");
    return new ErrorDetails(
        file,
        tensor,
        module,
        Optional.of(name),
        knownNames,
        nearestNames,
        expectedFamily,
        foundFamily);
  }

  /** The same with the names that there are. */
  public ErrorDetails withKnownNames(List<String> names) {
    Objects.requireNonNull(names, "names");
    return new ErrorDetails(
        file, tensor, module, name, List.copyOf(names), nearestNames, expectedFamily, foundFamily);
  }

  /** The same with names that may have been meant, the most probable first. */
  public ErrorDetails withNearestNames(List<String> names) {
    Objects.requireNonNull(names, "names");
    return new ErrorDetails(
        file, tensor, module, name, knownNames, List.copyOf(names), expectedFamily, foundFamily);
  }

  /** The same with the family of models that was expected, and the one that was found. */
  public ErrorDetails withFamilies(ModelFamily expected, ModelFamily found) {
    Objects.requireNonNull(expected, "expected");
    Objects.requireNonNull(found, "found");
    return new ErrorDetails(
        file,
        tensor,
        module,
        name,
        knownNames,
        nearestNames,
        Optional.of(expected),
        Optional.of(found));
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
