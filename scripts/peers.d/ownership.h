/* What clang and gcc can be told of the libraries in attributes: which function returns
   something that is owned, and which one ends it. Force-included before every unit.
   Handles in out-parameters (sqlite3_open, SQLAllocHandle), numbers as handles and
   methods of classes have no attribute. */
#ifndef OWNERSHIP_H
#define OWNERSHIP_H
#ifdef __clang__
#define OWNED(kind, release, argument) __attribute__((ownership_returns(kind)))
#define ENDS(kind, argument) __attribute__((ownership_takes(kind, argument)))
#else
#define OWNED(kind, release, argument) __attribute__((malloc(release, argument)))
#define ENDS(kind, argument)
#endif
#ifdef __cplusplus
extern "C" {
#endif

typedef struct pg_conn PGconn;
typedef struct pg_result PGresult;
void PQfinish(PGconn *) ENDS(pg_conn, 1);
PGconn *PQconnectdb(const char *) OWNED(pg_conn, PQfinish, 1);
PGconn *PQconnectdbParams(const char *const *, const char *const *, int) OWNED(pg_conn, PQfinish, 1);
PGconn *PQsetdbLogin(const char *, const char *, const char *, const char *, const char *,
                     const char *, const char *) OWNED(pg_conn, PQfinish, 1);
PGconn *PQconnectStart(const char *) OWNED(pg_conn, PQfinish, 1);
void PQclear(PGresult *) ENDS(pg_result, 1);
PGresult *PQexec(PGconn *, const char *) OWNED(pg_result, PQclear, 1);
PGresult *PQexecParams(PGconn *, const char *, int, const unsigned *, const char *const *,
                       const int *, const int *, int) OWNED(pg_result, PQclear, 1);
PGresult *PQgetResult(PGconn *) OWNED(pg_result, PQclear, 1);
void PQfreemem(void *) ENDS(pg_memory, 1);
struct pgNotify *PQnotifies(PGconn *) OWNED(pg_memory, PQfreemem, 1);

typedef struct st_mysql MYSQL;
typedef struct st_mysql_res MYSQL_RES;
void mysql_close(MYSQL *) ENDS(mysql, 1);
MYSQL *mysql_init(MYSQL *) OWNED(mysql, mysql_close, 1);
void mysql_free_result(MYSQL_RES *) ENDS(mysql_res, 1);
MYSQL_RES *mysql_store_result(MYSQL *) OWNED(mysql_res, mysql_free_result, 1);
MYSQL_RES *mysql_use_result(MYSQL *) OWNED(mysql_res, mysql_free_result, 1);

typedef struct redisContext redisContext;
void redisFree(redisContext *) ENDS(redis_context, 1);
redisContext *redisConnect(const char *, int) OWNED(redis_context, redisFree, 1);
redisContext *redisConnectUnix(const char *) OWNED(redis_context, redisFree, 1);
void freeReplyObject(void *) ENDS(redis_reply, 1);
void *redisCommand(redisContext *, const char *, ...) OWNED(redis_reply, freeReplyObject, 1);

/* Closing and finalizing end what the out-parameters of opening and preparing began. */
typedef struct sqlite3 sqlite3;
typedef struct sqlite3_stmt sqlite3_stmt;
int sqlite3_close(sqlite3 *) ENDS(sqlite3, 1);
int sqlite3_close_v2(sqlite3 *) ENDS(sqlite3, 1);
int sqlite3_finalize(sqlite3_stmt *) ENDS(sqlite3_stmt, 1);
void sqlite3_free(void *) ENDS(sqlite3_memory, 1);
char *sqlite3_mprintf(const char *, ...) OWNED(sqlite3_memory, sqlite3_free, 1);

typedef struct _mongoc_client_pool_t mongoc_client_pool_t;
typedef struct _mongoc_client_t mongoc_client_t;
void mongoc_client_pool_push(mongoc_client_pool_t *, mongoc_client_t *) ENDS(mongoc_client, 2);
mongoc_client_t *mongoc_client_pool_try_pop(mongoc_client_pool_t *)
    OWNED(mongoc_client, mongoc_client_pool_push, 2);
mongoc_client_t *mongoc_client_pool_pop(mongoc_client_pool_t *)
    OWNED(mongoc_client, mongoc_client_pool_push, 2);

/* The C pools of fixtures/. */
struct link;
struct linkpool;
void linkpool_return(struct linkpool *, struct link *) ENDS(pooled_link, 2);
struct link *linkpool_take(struct linkpool *, int) OWNED(pooled_link, linkpool_return, 2);
void link_close(struct link *) ENDS(own_link, 1);
struct link *link_open(const char *) OWNED(own_link, link_close, 1);

typedef struct dbpool dbpool;
typedef struct dbconn dbconn;
typedef struct dbrows dbrows;
void dbpool_put(dbpool *, dbconn *) ENDS(pooled_dbconn, 2);
dbconn *dbpool_get(dbpool *, int) OWNED(pooled_dbconn, dbpool_put, 2);
dbconn *dbpool_get_wait(dbpool *) OWNED(pooled_dbconn, dbpool_put, 2);
void dbconn_close(dbconn *) ENDS(own_dbconn, 1);
dbconn *dbconn_open(const char *, int) OWNED(own_dbconn, dbconn_close, 1);
void dbrows_free(dbrows *) ENDS(dbrows, 1);
dbrows *dbconn_query(dbconn *, const char *) OWNED(dbrows, dbrows_free, 1);

#ifdef __cplusplus
}
#endif
#endif
