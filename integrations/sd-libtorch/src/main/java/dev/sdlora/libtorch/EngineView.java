package dev.sdlora.libtorch;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import org.jspecify.annotations.Nullable;

/** What DJL's base classes ask of an engine. Programs are loaded by {@link LibtorchEngine}. */
final class EngineView extends Engine {
  static final EngineView INSTANCE = new EngineView();

  private EngineView() {}

  @Override
  public @Nullable Engine getAlternativeEngine() {
    return null;
  }

  @Override
  public String getEngineName() {
    return LibtorchEngine.NAME;
  }

  @Override
  public int getRank() {
    return Integer.MAX_VALUE;
  }

  @Override
  public String getVersion() {
    return LibtorchEngine.VERSION;
  }

  @Override
  public boolean hasCapability(String capability) {
    return false;
  }

  @Override
  public Model newModel(String name, Device device) {
    throw new UnsupportedOperationException("models are programs of this library");
  }

  @Override
  public NDManager newBaseManager() {
    return LibtorchManager.on(Device.cpu());
  }

  @Override
  public NDManager newBaseManager(Device device) {
    return LibtorchManager.on(device);
  }
}
