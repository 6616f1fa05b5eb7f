package dev.sdlora.request.context;

import dev.sdlora.api.Pipeline;
import java.util.List;
import java.util.Optional;

/** The checkpoint of a pipeline that has its weights in memory. */
record OnlyModel(Pipeline pipeline) implements Models, Model {
  @Override
  public String name() {
    return pipeline.checkpoint().name();
  }

  @Override
  public boolean isLoaded() {
    return true;
  }

  @Override
  public List<Model> list() {
    return List.of(this);
  }

  @Override
  public Model current() {
    return this;
  }

  @Override
  public void choose(Model model) {
    // There is no other one.
  }

  @Override
  public int liveTensors() {
    return pipeline.liveTensors();
  }

  @Override
  public Optional<Model> find(String name) {
    return findKnown(name);
  }

  @Override
  public Optional<Model> findKnown(String name) {
    boolean isOwn =
        Models.isNamed(name, this)
            || Models.hash(name)
                .filter(digits -> Models.hasKnownHash(checkpoint(), digits))
                .isPresent();
    return isOwn ? Optional.of(this) : Optional.empty();
  }
}
