package dev.sdlora.api.service;

import java.util.Optional;
import java.util.ServiceLoader;

/**
 * Finds the implementations of the public API. Each service is loaded once, when it is first
 * needed. Not part of the API: the module does not export this package to callers.
 */
public final class Services {
  private static final ClassValue<Optional<?>> FOUND =
      new ClassValue<>() {
        @Override
        protected Optional<?> computeValue(Class<?> service) {
          return ServiceLoader.load(service, service.getClassLoader()).findFirst();
        }
      };

  private Services() {}

  /**
   * Finds the implementation of a service.
   *
   * @param <S> the type of the service
   * @param service the class of the service
   * @return the implementation, always the same object
   * @throws IllegalStateException if there is no implementation
   */
  public static <S> S find(Class<S> service) {
    return find(service, "sd-pipeline");
  }

  /**
   * Returns whether an optional service has an implementation.
   *
   * @param service the class of the service
   * @return whether {@link #find(Class, String)} would find one
   */
  public static boolean isPresent(Class<?> service) {
    return FOUND.get(service).isPresent();
  }

  /**
   * Finds the implementation of an optional service.
   *
   * @param <S> the type of the service
   * @param service the class of the service
   * @param artifact the artifact that implements it, for the message
   * @return the implementation, always the same object
   * @throws IllegalStateException if there is no implementation
   */
  public static <S> S find(Class<S> service, String artifact) {
    return FOUND
        .get(service)
        .map(service::cast)
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "the library dev.sdlora:%s is missing; add it as a dependency"
                        .formatted(artifact)));
  }
}
